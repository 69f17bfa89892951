"""`python -m xladdin`: the same as the command `xladdin`."""

from xladdin.cli import main

if __name__ == "__main__":
    main()
