//! A world in a temporary folder: the real platform in process, the real application, a clock that tests turn.
