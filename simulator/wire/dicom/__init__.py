"""What a simulated modality sends: images, dose reports, performed procedure steps. Pure."""
