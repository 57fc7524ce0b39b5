"""A view of nothing but inserts, beside which the product's own is measured."""
