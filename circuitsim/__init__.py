"""circuitsim: transformers with hard or saturated attention as explicit circuits."""
