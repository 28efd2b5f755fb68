"""What an answer costs, from dated, sourced prices that come with the installation."""
