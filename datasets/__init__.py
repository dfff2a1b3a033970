"""Open data for training: the class map, the builder of the training layout, the synthetic convoy renderer."""
