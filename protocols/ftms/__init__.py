"""Bluetooth Fitness Machine Service 1.0: what a treadmill and its client say to each other.

Every multi-octet number is little endian. Values hold the integers of the wire; properties with a
unit in their name are SI. Layouts: Fitness Machine Service 1.0 (2017), GATT Specification
Supplement, and captures of real machines where they differ.
"""
