"""`nyay up` as a service of the user: started at login, started again when it ends."""
