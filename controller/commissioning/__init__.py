"""What this very treadmill does, found out with an empty belt before a person steps on. Pure.

`probe` asks and looks, `flaws` says in a sentence what was found, `stopping` makes a curve of the
stops, `cap` a speed, `profile` a file of it all that binds the service to this one machine.
"""
