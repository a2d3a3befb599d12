"""A treadmill, a walker and a grip unit you can break, on real links; stands on protocols alone."""
