"""Start of a lab's keeper as a process of its own: keepermain.py DIRECTORY READY-DESCRIPTOR PARENT-OR-0."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from coxlab import keeper, settings  # found through the line above

if __name__ == "__main__":
    keeper.launch(sys.argv[1], settings.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
