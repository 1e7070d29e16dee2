"""Studies of families of circuits and of models; never imports the compilers."""
