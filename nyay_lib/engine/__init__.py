"""What runs in a child process: the only code that imports mlx, mlx_lm and llama_cpp."""
