"""The setup check behind `vocatech-slack doctor`."""
