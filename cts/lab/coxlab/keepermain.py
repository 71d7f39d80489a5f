"""Start of a lab's keeper as a process of its own: keepermain.py DIRECTORY READY-DESCRIPTOR PARENT-OR-0."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from coxlab import keeper, machinekeeper, settings  # found through the line above

if __name__ == "__main__":
    made = settings.load(sys.argv[1])
    kind = machinekeeper.MachineKeeper if made.driver == "machines" else keeper.Keeper
    keeper.launch(kind, sys.argv[1], made, int(sys.argv[2]), int(sys.argv[3]))
