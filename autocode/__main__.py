"""`python -m autocode`: the same as the command `autocode`."""

from autocode.cli import main

if __name__ == "__main__":
    main()
