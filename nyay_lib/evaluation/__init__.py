"""What a model is worth: loss, overlap with the reference answers, speed, and the verdict on a release."""
