"""Foundation without tables: clock, Vietnamese text, SQL files, the embedded server."""
