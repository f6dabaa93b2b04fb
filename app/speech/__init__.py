"""Speech: text to sound with a moving mouth, sound to text. Knows nothing of the house."""
