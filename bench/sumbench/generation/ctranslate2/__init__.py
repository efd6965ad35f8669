"""The backend `ctranslate2`: quantized models on a processor. Its modules need the extra `fast`."""
