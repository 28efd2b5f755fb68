"""LoRA on this machine: training sets, the training loop in its own process, adapters for peft and for llama.cpp."""
