"""The platforms as one server plays them: see world.py, case.py and one file a platform."""
