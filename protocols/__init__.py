"""What the wires say: values ⇄ octets. No I/O, no clock, standard library only."""
