"""The back end `ctranslate2`: quantized models on a CPU. It needs the extra `fast`."""
