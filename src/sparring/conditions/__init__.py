"""What a sampler can be asked for, a condition a file."""
