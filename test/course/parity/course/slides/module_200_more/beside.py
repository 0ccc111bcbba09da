name = "beside"
