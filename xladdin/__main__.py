"""`python -m xladdin`: the same as the command `xladdin`."""

from xladdin.cli.commands import main

if __name__ == "__main__":
    main()
