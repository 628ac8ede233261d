"""Small rules that the contracts of dynamics must carry. What they are made of by default is for steps of .01."""
