"""The screens: one file per screen, each reads top to bottom like a script."""
