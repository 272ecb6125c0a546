using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>Reads whole files.</summary>
internal static class ManifestFiles
{
    /// <summary>Reads a file. Faults of the file system are results, not exceptions.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stamp">How it looked before; when it looks otherwise after reading, what was read is not used.</param>
    public static FileReading Read(string path, FileStamp stamp)
    {
        if (stamp.Length > DocumentLimits.MaxBytes)
        {
            var fault = TextDecoder.TooLarge(stamp.Length);
            return new FileReading.Unreadable(fault.Message, fault.Fix);
        }

        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var lease = ReadLease.Take(file);
            if (lease == LeaseResult.Refused)
            {
                return new FileReading.Changing();
            }

            var bytes = new byte[stamp.Length];
            var length = 0;
            for (var read = -1; read != 0 && length < bytes.Length; length += read)
            {
                read = RandomAccess.Read(file, bytes.AsSpan(length), length);
            }

            var isSame = length == bytes.Length
                && RandomAccess.GetLength(file) == stamp.Length
                && File.GetLastWriteTimeUtc(file) == stamp.Modified.UtcDateTime;
            return isSame ? new FileReading.Content(bytes, lease == LeaseResult.Granted) : new FileReading.Changing();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FileReading.Vanished();
        }
        catch (UnauthorizedAccessException)
        {
            return new FileReading.Unreadable("the file may not be read", "Give the server's user permission to read it");
        }
        catch (IOException exception)
        {
            return new FileReading.Unreadable(
                $"the file cannot be read: {exception.Message.TrimEnd('.')}", "Check the file system, or remove the file");
        }
    }
}
