"""Files written for a reader: whole or not at all."""
