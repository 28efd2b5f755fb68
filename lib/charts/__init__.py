"""Values -> plotly figures, each with the sentence that stands for it where it cannot be seen."""
