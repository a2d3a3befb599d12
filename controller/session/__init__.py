"""One walk of one patient: who may ask for what, in which phase, and what comes next. Pure."""
