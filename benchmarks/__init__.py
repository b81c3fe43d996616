"""The measurements of the product's bars: each one command, written as ratios in one run where there is a peer."""
