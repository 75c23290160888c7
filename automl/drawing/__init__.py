"""Figures as SVG, and the HTML page that holds them: no script, no network, every text escaped."""
