"""What all tests share."""

import signal

from circuitsim.kernels import worth

# In this process kernels are machine code from their first call on, and hence the same in every order of tests.
# The programs that tests start choose for themselves; tests/kernels/ compares the two readings.
worth.reading = lambda: worth.Reading.COMPILED

# Started in the background of a script, tests inherit an ignored SIGINT, and so would the programs that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
