"""Models on disk: json, torch and safetensors, read as data."""
