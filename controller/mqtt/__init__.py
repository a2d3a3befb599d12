"""The bridge to an MQTT 5 broker. It tells, it hears Stop, and it may only slow the belt."""
