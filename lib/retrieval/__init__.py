"""Question -> passages: stores, the two legs of the search, and how they are fused."""
