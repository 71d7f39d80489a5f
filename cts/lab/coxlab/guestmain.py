"""Start of a machine's first process: guestmain.py PLAN."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from coxlab import guest  # found through the line above

if __name__ == "__main__":
    guest.main(sys.argv[1])
