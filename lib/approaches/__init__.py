"""The ways to answer a question that the lab compares: Question -> Answer."""
