"""The page's plots: one module each, drawn as SVG from plain numbers."""
