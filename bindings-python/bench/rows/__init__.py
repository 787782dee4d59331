"""Groups of rows, one module each. A new module here is found by itself."""
