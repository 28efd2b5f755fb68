"""The door: navigation over the screens, nothing else. Start it with `streamlit run app.py`."""

from pages.ui import frame

frame.open_door()
