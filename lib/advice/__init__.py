"""Decide: the framework as values, its rules as a table, and the advice that follows from a situation."""
