"""How it is learned: data, recipes, the loop, evaluation; `python -m training --help`."""
