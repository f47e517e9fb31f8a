"""Many variants on one page, before they are handed out: how they look, how much work each is, which are alike."""
