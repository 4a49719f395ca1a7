"""The parameters of the API's lists, and the filters among them."""
