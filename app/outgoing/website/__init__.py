"""What a company says on its website: pages read safely, and their text taken out of the markup."""
