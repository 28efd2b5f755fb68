"""The sample company's documents, which both experiments read: the way to them where they are missing."""

from dataclasses import replace

import streamlit as st

from lib.evaluation.experiment_material import CORPUS
from lib.settings import Workspace
from pages.ui import services, state


def offer(workspace: Workspace, text: str, *, key: str) -> None:
    """What is missing without the sample company's documents, and the button that loads them."""
    with st.container(border=True, key=f"{key}.documents"):
        st.markdown(text)
        if st.button("Load the sample company", icon=":material/play_arrow:", key=f"{key}.load"):
            corpus = services.ready_corpus(CORPUS)
            if corpus is not None:
                state.keep(replace(workspace, corpus=corpus.id, question=workspace.question or corpus.first_question))
            services.start_ingest(workspace, services.uploads_of(CORPUS))
            st.rerun()
