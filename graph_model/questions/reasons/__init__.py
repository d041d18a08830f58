"""What explanations are made of: steps, trails, and the words for them."""
