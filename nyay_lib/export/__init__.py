"""From a merged model to the file that is shipped: GGUF, quantisation, fidelity."""
